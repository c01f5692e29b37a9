//! C  The gates: rule packs, facts, operators, waivers.
