"""Learning strategies, one file each: how one episode is learned (`clpipe.strategy` says what a file must hold)."""
