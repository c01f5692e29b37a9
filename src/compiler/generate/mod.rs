//! G  Plan to artifacts: manifest, prompts, reports, targets.
