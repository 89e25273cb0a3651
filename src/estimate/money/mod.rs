//! Money: prices, books, and the business case.

pub mod books;
pub mod business;
pub mod case;
pub mod chain;
pub mod cohort_flow;
pub mod cohorts;
pub mod courses;
pub mod entered;
pub mod flat;
pub mod halved;
pub mod halved_exactly;
pub mod lines;
pub mod posted;
pub mod pricer;
pub mod prices;
pub mod served;
pub mod smooth;
pub mod statement;
pub mod tail;
pub mod when;
pub mod worth;
