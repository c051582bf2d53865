// A sitting: the store, and the actions that alone write it. Two runs never race: the latest wanted one wins, the earlier is aborted.
import { createStore } from 'zustand/vanilla';
import {
  DEFAULT_EXPERIMENT,
  type Experiment,
  type HookName,
  type Mode,
  type RunSpec,
  type Tolerance,
  type View,
} from '../engine/index.ts';
import { decodeLink } from '../share/decode.ts';
import { encodeLink } from '../share/encode.ts';
import { verifyFingerprint } from '../share/verify.ts';
import type { Token } from '../tokenizer/token.ts';
import { type Client, createClient, WorkerFailure } from '../worker/client.ts';
import type { Failure, Progress, Side } from '../worker/protocol.ts';
import { fitToModel } from './fitToModel.ts';
import { createHover } from './hover.ts';
import { loadHeads, loadInspection, loadShown } from './loadViews.ts';
import { differenceNotice, runNotice } from './notices.ts';
import type { AddressListener, Session } from './session.ts';
import type { SessionState, Shown } from './state.ts';

export type SessionOptions = {
  readonly client: Client;
  readonly link: string; // the page's fragment
};

const AUTO_RUN_DELAY_MS = 250;

const INITIAL: SessionState = {
  gate: { status: 'opening' },
  model: { status: 'none' },
  experiment: DEFAULT_EXPERIMENT,
  tokens: [],
  run: { status: 'idle' },
  shown: null,
  stale: false,
  reproduction: null,
  linkProblem: null,
  selectedPosition: 0,
  notice: null,
};

/** Opens a sitting over the engine's worker. Nothing happens before `start`. */
export function openSession(link: string): Session {
  return createSession({ client: createClient(), link });
}

/** Makes a sitting over any client. */
export function createSession(options: SessionOptions): Session {
  return new Sitting(options);
}

class Sitting implements Session {
  readonly store = createStore<SessionState>()(() => INITIAL);
  readonly hover = createHover();
  readonly #client: Client;
  readonly #initialLink: string;
  readonly #listeners = new Set<AddressListener>();
  readonly #pending = new Set<Promise<unknown>>();
  readonly #stopListening: () => void;
  #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ client, link }: SessionOptions) {
    this.#client = client;
    this.#initialLink = link;
    this.#stopListening = client.onDeviceLost(({ reason, message }) => {
      this.#controller.abort();
      this.#set({ gate: { status: 'lost', reason, message }, run: { status: 'idle' } });
    });
  }

  get #state(): SessionState {
    return this.store.getState();
  }

  async start(): Promise<void> {
    if (await this.#openDevice()) await this.openLink(this.#initialLink);
  }

  async reloadDevice(): Promise<void> {
    this.#set({ gate: { status: 'opening' }, model: { status: 'none' } });
    if (!(await this.#openDevice())) return;
    if (await this.#loadModel()) await this.#run('replace');
  }

  async openLink(hash: string): Promise<void> {
    const { experiment, problems } = await decodeLink(hash);
    const isBundled = experiment.model.source === 'bundled';
    const unasked = isBundled ? [] : ['The link names a model that is not bundled; the demo model is shown instead.'];
    const opened = isBundled ? experiment : { ...experiment, model: DEFAULT_EXPERIMENT.model, fingerprint: null };
    this.#set({ experiment: opened, linkProblem: sentence([...problems, ...unasked]), reproduction: null });
    if (!(await this.#loadModel())) return;
    const { model } = this.#state;
    if (model.status === 'ready') {
      const fitted = fitToModel(opened, model.model.config);
      this.#set({
        experiment: fitted.experiment,
        linkProblem: sentence([...problems, ...unasked, ...fitted.problems]),
      });
    }
    await this.#run('replace');
  }

  rerun(): void {
    this.#track(this.#run('push'));
  }

  cancelRun(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#set({ run: { status: 'idle' } });
  }

  setPrompt(text: string): void {
    this.#want({ prompt: { ...this.#state.experiment.prompt, text, tokenIds: null } }, AUTO_RUN_DELAY_MS);
  }

  setPrependBos(prependBos: boolean | 'model'): void {
    this.#want({ prompt: { ...this.#state.experiment.prompt, prependBos, tokenIds: null } });
  }

  setTokenIds(ids: readonly number[] | null): void {
    this.#want({ prompt: { ...this.#state.experiment.prompt, tokenIds: ids } });
  }

  setMode(mode: Mode): void {
    const { a, b } = this.#state.experiment;
    const modes =
      mode === 'fused'
        ? { a: { ...a, qkv: 'fused' as const } }
        : mode === 'split'
          ? { b: { ...b, qkv: 'split' as const } }
          : {};
    const side = mode === 'split' ? 'b' : 'a';
    this.#want({ mode, ...modes, view: { ...this.#state.experiment.view, side } });
  }

  setSpec(side: Side, patch: Partial<RunSpec>): void {
    this.#want({ [side]: { ...this.#state.experiment[side], ...patch } });
  }

  swapSpecs(): void {
    const { a, b, mode } = this.#state.experiment;
    if (mode === 'compare') this.#want({ a: b, b: a });
  }

  setTolerance(tolerance: Tolerance): void {
    this.#set({ experiment: { ...this.#state.experiment, tolerance } });
    this.#track(this.#judgeAgain());
  }

  selectHook(hook: HookName): void {
    this.#look({ hook });
    this.#track(
      this.#showMore(async (shown, experiment) => ({
        inspection: await loadInspection(this.#client, shown.result, experiment),
      })),
    );
  }

  selectHead(layer: number, head: number): void {
    this.#look({ layer, head, cell: null });
    this.#track(this.#showHeads());
  }

  setShow(show: View['show']): void {
    this.#look({ show });
    this.#track(this.#showHeads());
  }

  setSide(side: View['side']): void {
    this.#look({ side });
  }

  lockCell(cell: View['cell']): void {
    this.#look({ cell });
  }

  selectPosition(position: number): void {
    this.#set({ selectedPosition: position });
    this.#track(
      this.#showMore(async ({ result: { runId } }) => ({
        outputs: await this.#client.ask({ kind: 'outputs', runId, position }),
      })),
    );
  }

  nextFailing(): void {
    this.#stepFailing(1);
  }

  previousFailing(): void {
    this.#stepFailing(-1);
  }

  async link(): Promise<string | null> {
    const { experiment, shown, stale } = this.#state;
    const known = stale ? null : shown;
    const tokenIds = known ? known.result.tokenIds : experiment.prompt.tokenIds;
    const pinned: Experiment = {
      ...experiment,
      prompt: { ...experiment.prompt, tokenIds },
      fingerprint: known?.result.fingerprint ?? null,
    };
    return encodeLink(pinned).catch((error: unknown) => {
      if (error instanceof RangeError) return null;
      throw error;
    });
  }

  async copyLink(): Promise<string | null> {
    const link = await this.link();
    this.#set({
      notice: link
        ? { text: `Link of ${link.length} characters copied.`, tone: 'good' }
        : { text: 'This experiment is too long for a link. Shorten the prompt.', tone: 'bad' },
    });
    return link;
  }

  onAddress(listener: AddressListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settled(): Promise<void> {
    while (this.#timer !== undefined || this.#pending.size > 0) {
      await Promise.race([...this.#pending, new Promise((resolve) => setTimeout(resolve, 10))]);
    }
  }

  dispose(): void {
    this.cancelRun();
    this.#stopListening();
    this.#client.dispose();
  }

  async #openDevice(): Promise<boolean> {
    try {
      this.#set({ gate: { status: 'open', adapter: await this.#client.ask({ kind: 'openDevice' }) } });
      return true;
    } catch (error) {
      this.#set({ gate: { status: 'closed', failure: failureOf(error) } });
      return false;
    }
  }

  /** Loads the experiment's model, unless it is the one that is there. */
  async #loadModel(): Promise<boolean> {
    const { model, experiment } = this.#state;
    const reference = experiment.model;
    if (model.status === 'ready' && JSON.stringify(model.model.reference) === JSON.stringify(reference)) return true;
    const name = reference.source === 'hub' ? reference.repo : reference.name;
    this.#set({ model: { status: 'loading', name, progress: null } });
    try {
      const onProgress = (progress: Progress) => this.#set({ model: { status: 'loading', name, progress } });
      this.#set({
        model: { status: 'ready', model: await this.#client.ask({ kind: 'loadModel', reference }, { onProgress }) },
      });
      return true;
    } catch (error) {
      this.#set({ model: { status: 'failed', name, failure: failureOf(error) } });
      return false;
    }
  }

  /** Changes what is wanted; a run follows after the delay. */
  #want(patch: Partial<Experiment>, delayMs = 0): void {
    this.#set({
      experiment: { ...this.#state.experiment, fingerprint: null, ...patch },
      stale: this.#state.shown !== null,
      reproduction: null,
    });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#track(this.#run('push'));
    }, delayMs);
  }

  #look(patch: Partial<View>): void {
    const { experiment } = this.#state;
    this.#set({ experiment: { ...experiment, view: { ...experiment.view, ...patch } } });
    this.#track(this.#tellAddress('replace'));
  }

  async #run(how: 'push' | 'replace'): Promise<void> {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    const { signal } = controller;
    if (this.#state.model.status !== 'ready') return;
    const { experiment } = this.#state;
    this.#set({ run: { status: 'running', progress: null } });
    try {
      const tokens = await this.#tokens(experiment, signal);
      if (signal.aborted) return;
      this.#set({ tokens });
      const onProgress = (progress: Progress) => {
        if (!signal.aborted) this.#set({ run: { status: 'running', progress } });
      };
      const tokenIds = tokens.map(({ id }) => id);
      const result = await this.#client.ask({ kind: 'run', experiment, tokenIds }, { signal, onProgress });
      const position = tokens.length - 1;
      const shown = await loadShown(this.#client, { experiment, result, tokens, position }, signal);
      if (signal.aborted) return;
      this.#show(shown, position);
      await this.#tellAddress(how);
    } catch (error) {
      if (!signal.aborted) this.#set({ run: { status: 'failed', failure: failureOf(error) }, notice: null });
    }
  }

  #show(shown: Shown, position: number): void {
    const { experiment } = this.#state;
    const sent = experiment.fingerprint;
    const reproduction = sent && verifyFingerprint(sent, shown.result.fingerprint, experiment.tolerance);
    const notice = runNotice(shown.result);
    this.#set({ shown, stale: false, run: { status: 'done' }, selectedPosition: position, reproduction, notice });
  }

  async #tokens({ prompt }: Experiment, signal: AbortSignal): Promise<readonly Token[]> {
    if (prompt.tokenIds) return this.#client.ask({ kind: 'describeTokens', ids: prompt.tokenIds }, { signal });
    const { text, prependBos } = prompt;
    return this.#client.ask({ kind: 'tokenize', text, prependBos }, { signal });
  }

  #showHeads(): Promise<void> {
    return this.#showMore(async (shown, experiment) => ({
      heads: await loadHeads(this.#client, shown.result, experiment),
    }));
  }

  async #judgeAgain(): Promise<void> {
    await this.#showMore(async ({ result: { runId } }, experiment) => {
      const ladder = await this.#client.ask({ kind: 'compare', runId, tolerance: experiment.tolerance });
      if (ladder.length > 0) this.#set({ notice: differenceNotice(ladder) });
      return { ladder };
    });
    await this.#showMore(async (shown, experiment) => ({
      inspection: await loadInspection(this.#client, shown.result, experiment),
    }));
    await this.#tellAddress('replace');
  }

  /** Loads a part of what is shown, and drops it where another run or another choice came in between. */
  async #showMore(load: (shown: Shown, experiment: Experiment) => Promise<Partial<Shown>>): Promise<void> {
    const { shown, experiment } = this.#state;
    if (!shown) return;
    try {
      const more = await load(shown, experiment);
      const now = this.#state.shown;
      const isCurrent =
        now?.result.runId === shown.result.runId && this.#state.experiment.view.hook === experiment.view.hook;
      const sameHead =
        this.#state.experiment.view.layer === experiment.view.layer &&
        this.#state.experiment.view.head === experiment.view.head;
      if (now && isCurrent && sameHead) this.#set({ shown: { ...now, ...more } });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'aborted') this.#set({ notice: { text: failure.message, tone: 'bad' } });
    }
  }

  #stepFailing(step: 1 | -1): void {
    const { shown, experiment } = this.#state;
    const failing = shown?.ladder.filter(({ summary }) => summary.verdict === 'outside') ?? [];
    if (!shown || failing.length === 0) return;
    const order = shown.ladder.map(({ hook }) => hook);
    const here = order.indexOf(experiment.view.hook);
    const places = failing.map(({ hook }) => order.indexOf(hook));
    const next =
      step === 1
        ? (places.find((place) => place > here) ?? places[0])
        : (places.findLast((place) => place < here) ?? places.at(-1));
    const hook = order[next ?? 0];
    if (hook) this.selectHook(hook);
  }

  async #tellAddress(how: 'push' | 'replace'): Promise<void> {
    const hash = await this.link();
    if (hash === null) return;
    for (const listener of this.#listeners) listener(hash, how);
  }

  #track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  #set(patch: Partial<SessionState>): void {
    this.store.setState(patch);
  }
}

function sentence(problems: readonly string[]): string | null {
  return problems.length === 0 ? null : problems.join(' ');
}

function failureOf(error: unknown): Failure {
  if (error instanceof WorkerFailure) return error.failure;
  return { kind: 'internal', message: error instanceof Error ? error.message : String(error) };
}
