// What a reader can take away from the page, as data: the dialog offers it, the page carries it out.
import type { Side } from '../data.ts';

export type CodeKind = 'transformerLens' | 'nnsight';
export type ActivationFormat = 'csv' | 'npz' | 'safetensors';
export type Figure = 'ladder' | 'amplification' | 'heads' | 'pattern';
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
