"""Who else answers the questions of `benchmarks.asked`, on the same rows: `contestants` says who and how."""
