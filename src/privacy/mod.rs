//! What is kept about people, and why: said on a page of our own, table by table.

pub mod pages;
mod views;
