// The table of supported architectures. A new one is a row here: its config's fields and its weights' names.
import type { Architecture } from './architecture.ts';
import { GPT_NEOX } from './gptNeox.ts';
import { LLAMA, MISTRAL, MIXTRAL, PHI3, QWEN2, QWEN3 } from './llama.ts';

export const ARCHITECTURES: readonly Architecture[] = [GPT_NEOX, LLAMA, MISTRAL, MIXTRAL, PHI3, QWEN2, QWEN3];
