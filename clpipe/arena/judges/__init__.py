"""Who says whether a reply is right: one file a judge, named by `Task.judge`."""
