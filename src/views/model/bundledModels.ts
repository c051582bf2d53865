// The models that lie beside the page, in public/models: small, trained, opened at once.

export const BUNDLED_MODELS = [
  { name: 'demo-gqa', note: 'Mistral kind, 8 query heads over 2 kv heads, 1 M parameters' },
  { name: 'demo-neox', note: 'GPT-NeoX (Pythia) kind, parallel block, partial rotary' },
] as const;
