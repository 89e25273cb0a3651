//! Compiles a study into a model: names become indices, and every fault is found on the way.

mod accounts;
mod aim;
mod amount;
mod beside;
mod bookings;
mod capability;
mod compiler;
mod contingency;
mod errors;
mod exits;
mod goal;
mod initiative;
mod journey;
mod judge;
mod names;
mod people;
mod plan;
mod presences;
mod presets;
mod roadmap;
mod run;
mod spans;
mod states;
mod together;
mod whose;
mod world;
