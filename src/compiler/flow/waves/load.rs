//! What the tasks of one wave use together.

use crate::compiler::flow::problem::{NO_MODEL, Problem};
use crate::compiler::flow::ready::Verdict;

/// The sum of what some tasks use.
#[derive(Debug, Clone, Default)]
pub(in crate::compiler::flow) struct Load {
    count: u32,
    by_model: Vec<u32>,
    held: Vec<u32>,
    input: u64,
    output: u64,
}

impl Load {
    /// Nothing.
    pub(in crate::compiler::flow) fn clear(&mut self) {
        self.count = 0;
        self.by_model.clear();
        self.held.clear();
        self.input = 0;
        self.output = 0;
    }

    /// Whether a task fits beside the others. A task fits into an empty wave whatever it needs.
    pub(in crate::compiler::flow) fn fits(&self, problem: &Problem, v: u32) -> Verdict {
        if self.count == 0 {
            return Verdict::Yes;
        }
        let capacity = &problem.capacity;
        let model = problem.model[v as usize];
        if self.count >= capacity.parallel
            || problem.slots(model).is_some_and(|slots| self.by_model.get(model as usize) >= Some(&slots))
            || problem.holds.row(v).iter().any(|lock| {
                let held = self.held.iter().filter(|other| *other == lock).count();
                u32::try_from(held).is_ok_and(|held| held >= problem.room_of(*lock))
            })
        {
            return Verdict::Class;
        }
        let (input, [.., output]) = (problem.sent[v as usize], problem.usage[v as usize]);
        let over = |limit: Option<u64>, used: u64, more: u64| {
            limit.is_some_and(|limit| used.saturating_add(more) > limit)
        };
        if over(capacity.wave_input, self.input, input) || over(capacity.wave_output, self.output, output) {
            return Verdict::Task;
        }
        Verdict::Yes
    }

    /// Puts a task in.
    pub(in crate::compiler::flow) fn add(&mut self, problem: &Problem, v: u32) {
        let model = problem.model[v as usize];
        self.count += 1;
        if model != NO_MODEL {
            if self.by_model.len() <= model as usize {
                self.by_model.resize(model as usize + 1, 0);
            }
            self.by_model[model as usize] += 1;
        }
        self.held.extend_from_slice(problem.holds.row(v));
        let (input, [.., output]) = (problem.sent[v as usize], problem.usage[v as usize]);
        self.input = self.input.saturating_add(input);
        self.output = self.output.saturating_add(output);
    }
}
