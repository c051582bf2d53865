// The table of supported architectures. A new one is a row here: its config's fields and its weights' names.
import type { Architecture } from './architecture.ts';
import { BLOOM } from './bloom.ts';
import { GEMMA, GEMMA2, GEMMA3 } from './gemma.ts';
import { GPT_NEO, GPT2 } from './gpt2.ts';
import { GPT_NEOX } from './gptNeox.ts';
import { LLAMA, MISTRAL, MIXTRAL, PHI3, QWEN2, QWEN3 } from './llama.ts';
import { OPT } from './opt.ts';
import { GPTJ, PHI } from './parallelNorm.ts';

export const ARCHITECTURES: readonly Architecture[] = [
  BLOOM,
  GEMMA,
  GEMMA2,
  GEMMA3,
  GPT2,
  GPT_NEO,
  GPT_NEOX,
  GPTJ,
  LLAMA,
  MISTRAL,
  MIXTRAL,
  OPT,
  PHI,
  PHI3,
  QWEN2,
  QWEN3,
];
