// Carries out what the Share dialog offers: makes the text or the bytes, and hands them to the clipboard or as a download.
import { writeCsv } from '../captures/writeCsv.ts';
import {
  type HookName,
  type Intervention,
  type RunSpec,
  trustLines,
  whyNotApplicable,
  writeSafetensors,
} from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { EXPERIMENT_FILE_SUFFIX, writeExperimentFile } from '../share/experimentFile.ts';
import { nnsightText } from '../share/python/nnsight.ts';
import { transformerLensText } from '../share/python/transformerLens.ts';
import { reportText } from '../share/report.ts';
import { amplificationCsv } from '../views/amplification/amplificationCsv.ts';
import { pngOf } from '../views/marks/picture.ts';
import { FIGURES, type Take } from '../views/share/take.ts';
import { axesOf } from '../views/table/axes.ts';
import { visibleToken } from '../views/tokenText.ts';
import { writeClipboard } from './clipboard.ts';
import { figureOf } from './figures/figures.ts';
import type { UiStore } from './ui.ts';

type Of<K extends Take['kind']> = Extract<Take, { kind: K }>;

export type TakeFrom = { readonly session: Session; readonly ui: UiStore; readonly url: string | null };

/** Takes something away and says what became of it; never rejects. */
export async function takeAway(from: TakeFrom, take: Take): Promise<void> {
  const { session } = from;
  try {
    const text = await carryOut(from, take);
    if (text) session.say({ text, tone: 'good' });
  } catch (error) {
    session.say({ text: error instanceof Error ? error.message : String(error), tone: 'bad' });
  }
}

/** Says in a sentence what was done; null where the sitting has said it already. */
async function carryOut({ session, ui, url }: TakeFrom, take: Take): Promise<string | null> {
  const state = session.store.getState();
  switch (take.kind) {
    case 'link':
      return url === null ? null : copy(url, `Link of ${url.length} characters`);
    case 'experiment':
      return download(`${nameOf(state)}${EXPERIMENT_FILE_SUFFIX}`, writeExperimentFile(session.pinned()));
    case 'code':
      return copyCode(session, state, take);
    case 'report':
      return takeReport(state, url, take);
    case 'activations':
      return downloadActivations(session, state, take);
    case 'figure':
      if (take.figure === 'pattern') await session.readHead(); // of a long prompt's head, which stayed on the GPU
      return downloadFigure(session.store.getState(), ui, take);
    default:
      return take satisfies never;
  }
}

function copyCode(
  session: Session,
  { model, sweep, paths, experiment, tokens, corruptedTokens }: SessionState,
  { code }: Of<'code'>,
): Promise<string> {
  if (model.status !== 'ready') throw new Error('No model is loaded yet: the code is written for its architecture.');
  const { config } = model.model;
  const to = { model: config, nPos: tokens.length, nCorrupted: corruptedTokens?.length ?? null };
  const isSwept = sweep?.status === 'done' && sweep.asked === experiment.sweep;
  const request = {
    experiment: session.pinned(),
    modelType: config.modelType,
    whyNotApplied: (intervention: Intervention, mode: RunSpec) => whyNotApplicable(intervention, { ...to, mode }),
    sweepCells: isSwept ? sweep.cells : [],
    pathCells: paths?.status === 'done' && paths.asked === experiment.paths ? paths.cells : [],
  };
  return code === 'transformerLens'
    ? copy(transformerLensText(request), 'TransformerLens code')
    : copy(nnsightText(request), 'nnsight code');
}

async function takeReport(state: SessionState, url: string | null, { how }: Of<'report'>): Promise<string> {
  const shown = shownOf(state);
  const spelled = new Map(
    [...shown.tokens, ...(shown.outputs?.rows ?? []).map(({ token }) => token)].map(
      (token) => [token.id, visibleToken(token)] as const,
    ),
  );
  const text = reportText({
    experiment: { ...shown.experiment, tolerance: state.experiment.tolerance },
    result: shown.result,
    ladder: shown.ladder,
    tokens: shown.tokens.map(visibleToken),
    spell: (id) => spelled.get(id) ?? null,
    url: state.stale ? null : url, // the page's link is of what is wanted now
    instrument: state.gate.status === 'open' ? trustLines(state.gate.adapter.canary, state.verification) : [],
  });
  return how === 'copy' ? copy(text, 'Report') : download(`${nameOf(state)}-report.md`, text);
}

async function downloadActivations(
  session: Session,
  state: SessionState,
  { side, extent, format }: Of<'activations'>,
): Promise<string | null> {
  const shown = shownOf(state);
  const { hook } = state.experiment.view;
  const hooks: readonly HookName[] =
    extent === 'chosen' ? [hook] : (shown.result[side]?.hooks ?? []).map((info) => info.hook);
  const tensors = await session.activations(side, hooks);
  const first = tensors?.get(hook);
  if (!tensors) return null;
  const name = `${nameOf(state)}-${side}${extent === 'chosen' ? `-${hook}` : ''}.${format}`;
  switch (format) {
    case 'npz': {
      const { writeNpz } = await import('../captures/npz.ts');
      return download(name, writeNpz(tensors));
    }
    case 'safetensors':
      return download(name, writeSafetensors(tensors, { splitscope: JSON.stringify(session.pinned()) }));
    case 'csv':
      if (!first) throw new Error(`internal: ${hook} was not read for its CSV`);
      return download(
        name,
        writeCsv(
          first,
          axesOf(hook, first.shape).map((axis) => axis.name),
        ),
      );
    default:
      return format satisfies never;
  }
}

async function downloadFigure(state: SessionState, ui: UiStore, { figure, format }: Of<'figure'>): Promise<string> {
  if (format === 'csv') {
    const measured = shownOf(state).amplification.value;
    if (!measured) throw new Error('No amplification was measured yet: open it in Divergence first.');
    return download(`${nameOf(state)}-${figure}.csv`, amplificationCsv(measured));
  }
  const svg = figureOf(figure, state, ui.getState());
  if (svg === null) throw new Error(`There is no figure of this yet: ${FIGURES.find(({ id }) => id === figure)?.way}.`);
  const name = `${nameOf(state)}-${figure}.${format}`;
  return download(name, format === 'svg' ? svg : await pngOf(svg));
}

function shownOf({ shown }: SessionState): NonNullable<SessionState['shown']> {
  if (shown) return shown;
  throw new Error('Nothing was run yet. Run first.');
}

/** A file's name from the model's, of letters that every file system takes. */
function nameOf({ experiment: { model } }: SessionState): string {
  const name = model.source === 'hub' ? model.repo : model.name;
  return `splitscope-${name.replace(/[^\w.-]+/g, '-')}`;
}

async function copy(text: string, what: string): Promise<string> {
  await writeClipboard(text);
  return `${what} copied.`;
}

function download(name: string, content: string | Uint8Array<ArrayBuffer> | Blob): string {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content]));
  const link = document.createElement('a');
  [link.href, link.download] = [url, name];
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // the download begins after this task
  return `${name} saved.`;
}
