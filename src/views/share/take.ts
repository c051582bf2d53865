// What a reader can take away from the page, as data: the dialog offers it, the page carries it out.
import type { Side } from '../data.ts';

/** Every figure of the page: its name, and how there comes to be one. */
export const FIGURES = [
  { id: 'ladder', name: 'Ladder', way: 'compare both runs first' },
  {
    id: 'amplification',
    name: 'Amplification',
    way: 'open it in Divergence first, with a difference that enters some block',
  },
  { id: 'heads', name: 'Heads', way: 'make a run that keeps its patterns first' },
  { id: 'pattern', name: 'Pattern', way: 'make a run that keeps its patterns first' },
  { id: 'histogram', name: 'Histogram', way: 'make a run first' },
  { id: 'errors', name: 'Error against magnitude', way: 'compare both runs at the chosen hook first' },
  { id: 'ulps', name: 'Distance in ULP', way: 'compare both runs at the chosen hook first' },
  { id: 'nextTokens', name: 'Next tokens', way: 'make a run first' },
  { id: 'trends', name: 'Predictions by position', way: 'open the Outputs first' },
  { id: 'attribution', name: 'Attribution', way: 'open the Reading first' },
  { id: 'lens', name: 'Logit lens', way: 'open the Reading first' },
  { id: 'circuits', name: 'Circuits', way: 'read the circuits of a head first' },
  { id: 'sweep', name: 'Sweep', way: 'sweep first' },
  { id: 'paths', name: 'Paths', way: 'sweep paths first' },
  { id: 'continuation', name: 'Continuation', way: 'continue the prompt first' },
] as const satisfies readonly { readonly id: string; readonly name: string; readonly way: string }[];

export type CodeKind = 'transformerLens' | 'nnsight';
export type ActivationFormat = 'csv' | 'npz' | 'safetensors';
export type Figure = (typeof FIGURES)[number]['id'];
export type FigureFormat = 'svg' | 'png' | 'csv'; // CSV: of the amplification

export type Take =
  | { readonly kind: 'link' }
  | { readonly kind: 'experiment' }
  | { readonly kind: 'code'; readonly code: CodeKind }
  | { readonly kind: 'report'; readonly how: 'copy' | 'download' }
  | {
      readonly kind: 'activations';
      readonly side: Side;
      readonly extent: 'chosen' | 'all';
      readonly format: ActivationFormat;
    }
  | { readonly kind: 'figure'; readonly figure: Figure; readonly format: FigureFormat };
