"""What families reason about, without words: formulas, rules of inference, conditionals, sequences."""
