//! Where changes aim: the parameters that a path or a pattern of paths names.

use std::collections::HashMap;

use indexmap::IndexMap;

use crate::model::param::Param;
use crate::quantity::ParamId;
use crate::study::path::ParamPath as Path;

/// The numbers that changes may aim at, by their paths and by where they are written.
#[derive(Default)]
pub struct Aims {
    /// How many parameters have been taken in.
    seen: usize,
    by_path: IndexMap<Path, Vec<ParamId>>,
    /// What patterns with a `*` were found to name.
    patterns: HashMap<Path, Vec<ParamId>>,
}

impl Aims {
    /// The changeable numbers that a path or a pattern names, in their order.
    pub fn named(&mut self, pattern: &Path, params: &[Param]) -> Vec<ParamId> {
        self.take_in(params);
        if !pattern.is_pattern() {
            return self.by_path.get(pattern).cloned().unwrap_or_default();
        }
        if let Some(known) = self.patterns.get(pattern) {
            return known.clone();
        }
        let matched = self.by_path.iter().filter(|(path, _)| pattern.matches(path));
        let mut named: Vec<ParamId> = matched.flat_map(|(_, ids)| ids).copied().collect();
        named.sort_unstable();
        named.dedup();
        self.patterns.insert(pattern.clone(), named.clone());
        named
    }

    fn take_in(&mut self, params: &[Param]) {
        for (place, param) in params.iter().enumerate().skip(self.seen).filter(|(_, param)| param.changeable) {
            self.patterns.clear();
            let id = ParamId::from(place);
            self.by_path.entry(param.path.clone()).or_default().push(id);
            if param.written != param.path {
                self.by_path.entry(param.written.clone()).or_default().push(id);
            }
        }
        self.seen = params.len();
    }
}
