//! E  Task graph to equipment: who does each task, with what model, knowledge, prompt and limits.
