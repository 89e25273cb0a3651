//! The `polku` command.

fn main() {}
