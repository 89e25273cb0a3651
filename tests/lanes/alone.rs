//! The lanes by themselves, without the crate around them: `.ci/lanes` compiles them so in seconds, under a sanitizer
//! and for another processor.

#![allow(dead_code, unused_imports, reason = "what the engine uses of the lanes is not here")]

#[path = "../../src/engine/lanes/mod.rs"]
mod lanes;
