// How a script loads the model. TransformerLens' own loader takes the names it knows alone; a folder goes through the three steps that
// the loader takes (transformer_lens/loading_from_pretrained.py), none of which changes a weight.
import type { ModelReference } from '../../engine/index.ts';
import { modelName, revision } from './literals.ts';

/** Imports and `model = …`. */
export function modelText(model: ModelReference): string {
  if (model.source === 'hub') {
    return `from transformer_lens import HookedTransformer

model = HookedTransformer.from_pretrained_no_processing(
    ${modelName(model)}${revision(model)}, dtype=torch.float32, device="cpu"
)
`;
  }
  return `from transformer_lens import HookedTransformer, loading_from_pretrained as loading
from transformers import AutoModelForCausalLM, AutoTokenizer

folder = ${modelName(model)}  # with config.json, weights and tokenizer
cfg = loading.get_pretrained_model_config(folder, dtype=torch.float32, device="cpu")
weights = AutoModelForCausalLM.from_pretrained(folder, torch_dtype=torch.float32)
model = HookedTransformer(cfg, AutoTokenizer.from_pretrained(folder))
model.load_and_process_state_dict(
    loading.get_pretrained_state_dict(folder, cfg, weights, dtype=torch.float32),
    fold_ln=False,
    center_writing_weights=False,
    center_unembed=False,
    fold_value_biases=False,
)
`;
}
