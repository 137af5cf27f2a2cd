//! Tests of the renderers through their public face: plans of the examples in, text out.

mod difference;
mod example;
mod explain;
mod graph;
mod journals;
mod plans;
mod snapshot;
mod text;
mod topology_page;
mod words;
