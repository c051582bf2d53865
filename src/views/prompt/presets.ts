// Prompts that show something on the demo models, which know templated English alone.

const STORY = [
  'When Mary and John went to the store, John gave a drink to Mary.',
  'After Tom and Anna came to the park, Anna handed a ball to Tom.',
  'Lucy likes red. Ben likes blue. What does Ben like? Ben likes blue.',
  'The capital of France is Paris. The opposite of hot is cold.',
].join(' ');

export const PRESETS = [
  {
    id: 'ioi',
    label: 'Indirect object',
    note: 'who is given the drink',
    text: 'When Mary and John went to the store, John gave a drink to',
    corrupted: 'When Mary and John went to the store, Mary gave a drink to', // as many tokens, the other answer
  },
  {
    id: 'likes',
    label: 'Who likes what',
    note: 'looks a fact up in the prompt',
    text: 'Lucy likes red. Ben likes blue. What does Ben like? Ben likes',
  },
  {
    id: 'facts',
    label: 'Facts and opposites',
    note: 'known from training',
    text: 'The capital of France is Paris. The opposite of hot is',
  },
  {
    id: 'induction',
    label: 'Induction',
    note: 'a sentence comes again',
    text: 'Tom and Anna went to the park. Tom and Anna went to the',
  },
  { id: 'long', label: 'Long', note: 'the maps at some 280 tokens', text: `${STORY} ${STORY} ${STORY} ${STORY}` },
  {
    id: 'large-norm',
    label: 'Large norm',
    note: 'one token again and again: the stream grows, rounding with it',
    text: Array.from({ length: 48 }, () => 'the').join(' '),
  },
] as const;
