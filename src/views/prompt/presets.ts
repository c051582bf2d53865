// Prompts that show something on the demo models, which know templated English alone.

export const PRESETS = [
  { id: 'ioi', label: 'Indirect object', text: 'When Mary and John went to the store, John gave a drink to' },
  { id: 'likes', label: 'Who likes what', text: 'Lucy likes red. Ben likes blue. What does Ben like? Ben likes' },
  { id: 'facts', label: 'Facts and opposites', text: 'The capital of France is Paris. The opposite of hot is' },
  {
    id: 'induction',
    label: 'Induction',
    text: 'Tom and Anna went to the park. Tom and Anna went to the',
  },
] as const;
