// What both scripts share: the heading, the model's name, the token ids, and values as Python literals. Nothing of an experiment can
// leave its string literal or its comment.
import type {
  Experiment,
  Intervention,
  ModelReference,
  PathCell,
  Prompt,
  RunFingerprint,
  RunSpec,
  SweepCell,
} from '../../engine/index.ts';

export type PythonRequest = {
  readonly experiment: Experiment; // its fingerprint gives the expected numbers
  readonly modelType: string; // of the model's config: 'llama', 'gpt2', 'gpt_neox', …
  /** Why a run of this model on these prompts cannot carry an intervention out under a specification; null where it can. */
  readonly whyNotApplied?: (intervention: Intervention, spec: RunSpec) => string | null;
  readonly sweepCells?: readonly SweepCell[]; // what the experiment's sweep gave; its expected numbers
  readonly pathCells?: readonly PathCell[]; // and its paths
};

/** Opens a script: where it comes from, what it runs, and in sentences what it leaves out. */
export function heading({ model, a, b, fingerprint }: Experiment, leftOut: readonly string[]): string {
  const name = model.source === 'hub' ? `${model.repo}@${model.revision}` : model.name;
  const lines = [
    `Made by Splitscope${fingerprint ? ` ${fingerprint.appVersion} on ${fingerprint.adapter}` : ''}`,
    `model ${name}`,
    `A: ${describe(a)}`,
    `B: ${describe(b)}`,
    ...(model.source === 'hub'
      ? []
      : ['This model is not on the hub: put the folder with its config.json in its place.']),
    ...leftOut,
  ];
  return lines.map(comment).join('\n');
}

/** Why no run that the script makes would carry an intervention out, in a sentence's end; null where one would. */
export function whyCarriedOutByNone(
  { experiment: { mode, a, b }, whyNotApplied = () => null }: PythonRequest,
  intervention: Intervention,
): string | null {
  const specs = [...(mode === 'split' ? [] : [a]), ...(mode === 'fused' ? [] : [b])];
  const reasons = specs.map((spec) => whyNotApplied(intervention, spec));
  const [first = null] = reasons;
  return reasons.every((reason) => reason !== null) && first !== null
    ? `an intervention at ${intervention.hook}, as in Splitscope: ${first}`
    : null;
}

/** A comment of one line, whatever the text. */
export function comment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u0085]/gu, ' ')}`;
}

export function modelName(model: ModelReference): string {
  return quote(model.source === 'hub' ? model.repo : model.name);
}

/** `, revision="…"` of a hub's model: nothing is substituted silently. */
export function revision(model: ModelReference): string {
  return model.source === 'hub' ? `, revision=${quote(model.revision)}` : '';
}

/** The ids as they were run, or null where only the text is known. */
export function idsOf({ tokenIds }: Prompt): string | null {
  return tokenIds && `torch.tensor([[${tokenIds.join(', ')}]])`;
}

/** The likeliest next tokens of a run, as pairs of id and probability. */
export function expectedOf({ top }: RunFingerprint): string {
  return `[${top.map(({ id, probability }) => `(${id}, ${probability})`).join(', ')}]`;
}

/** Another library adds in another order: a probability may be off by TransformerLens #519's tolerance, or by roundings of the precision. */
export function probabilityTolerance({ a, b }: Experiment): string {
  const precisions = [a.precision, b.precision];
  return precisions.includes('bf16') ? '5e-2' : precisions.includes('f16') ? '1e-2' : '5e-4';
}

/** A Python string literal: JSON's escapes are Python's. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A measured number to seven digits, which is what f32 holds. */
export function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(7))) : 'float("nan")';
}

export function python(value: boolean): string {
  return value ? 'True' : 'False';
}

/** A list or a tuple's inside of numbers, or None for all. */
export function listed(numbers: readonly number[] | 'all'): string {
  return numbers === 'all' ? 'None' : `[${numbers.join(', ')}]`;
}

function describe(spec: object): string {
  return Object.entries(spec)
    .map(([field, value]) => `${field}=${value}`)
    .join(' ');
}
