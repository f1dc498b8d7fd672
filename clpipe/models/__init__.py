"""Base models: where their bytes come from, and how they are asked and taught."""
