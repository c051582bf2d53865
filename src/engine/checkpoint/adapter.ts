// A folder that holds a change to a model and not the model: a LoRA or another adapter of PEFT. It is refused with how to merge it.

export const ADAPTER_CONFIG = 'adapter_config.json';

/** Words what was found, what was expected, and the command that makes one of the other. */
export function adapterWords(folder: string, config: unknown): string {
  const field = (name: string): string => {
    const value: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, name) : null;
    return typeof value === 'string' ? value : 'unknown';
  };
  return (
    `${folder} is an adapter (${ADAPTER_CONFIG}, peft_type ${field('peft_type')}) to ${field('base_model_name_or_path')}, expected a whole model. Merge it: ` +
    `python -c "from peft import AutoPeftModelForCausalLM as M; M.from_pretrained('${folder}').merge_and_unload().save_pretrained('NEW_FOLDER')"`
  );
}
