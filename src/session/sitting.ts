// A sitting's core: the store that only actions write, the client, and what is under way. The actions lie beside it, by subject.
import { createStore } from 'zustand/vanilla';
import { DEFAULT_EXPERIMENT, type Experiment, type View } from '../engine/index.ts';
import type { Client } from '../worker/client.ts';
import { DEFAULT_ENDPOINT } from '../worker/modelProtocol.ts';
import type { Presentation } from '../worker/presenter.ts';
import { NO_EDITS } from './edits.ts';
import { failureOf } from './failure.ts';
import { createHover } from './hover.ts';
import { Jobs } from './jobs.ts';
import { Loading } from './loading.ts';
import { withEvent } from './log.ts';
import type { Notice } from './logEntry.ts';
import type { AddressListener } from './session.ts';
import type { SessionState, Shown } from './state.ts';

export const NOTHING_ASKED = { value: null, isAsking: false, problem: null };

/** Nothing asked and nothing read: so it is before the first, and for another model. */
export const NOTHING_READ = {
  sweep: null,
  sweepProblem: null,
  paths: null,
  pathsProblem: null,
  continuation: null,
  continuationProblem: null,
  isTakingMean: false,
  reading: NOTHING_ASKED,
  circuits: NOTHING_ASKED,
  repeatedScores: NOTHING_ASKED,
  laboratory: null,
  foundCause: null,
} satisfies Partial<SessionState>;

const INITIAL: SessionState = {
  gate: { status: 'opening' },
  model: { status: 'none' },
  hub: { endpoint: DEFAULT_ENDPOINT, hasToken: false, problem: null },
  cache: null,
  budget: { bytes: null, problem: null },
  memory: null,
  experiment: DEFAULT_EXPERIMENT,
  tokens: [],
  corruptedTokens: null,
  run: { status: 'idle' },
  shown: null,
  stale: false,
  reproduction: null,
  opened: null,
  linkProblem: null,
  selectedPosition: -1,
  ...NOTHING_READ,
  caseAt: null,
  probe: null,
  verification: null,
  notice: null,
  edits: NO_EDITS,
  log: [],
};

/** How many fragments the page may have gone through while the browser was fetching it anew. */
const EARLIER_ADDRESSES = 4;

/** What every action works on. Owns the run in flight, the wait before the next, and all requests not yet answered. */
export class Sitting {
  readonly store = createStore<SessionState>()(() => INITIAL);
  readonly hover = createHover();
  readonly loading = new Loading();
  readonly jobs = new Jobs();
  readonly client: Client;
  readonly pictures: () => Presentation; // how what the GPU paints reaches the page
  readonly addressListeners = new Set<AddressListener>();
  address = ''; // the fragment last told to the listeners
  earlierAddresses: readonly string[] = []; // those before it, newest first, a few

  /** Notes which fragment the address bar has. */
  follow(address: string): void {
    if (address === this.address) return;
    this.earlierAddresses = [this.address, ...this.earlierAddresses].slice(0, EARLIER_ADDRESSES);
    this.address = address;
  }
  readonly #pending = new Set<Promise<unknown>>();
  #controller = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(client: Client, pictures: () => Presentation) {
    this.client = client;
    this.pictures = pictures;
  }

  get state(): SessionState {
    return this.store.getState();
  }

  set(patch: Partial<SessionState>): void {
    this.store.setState(patch);
  }

  /** True while a run waits for its delay. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Writes what happened into the log. */
  note(notice: Notice): void {
    this.set({ log: withEvent(this.state.log, notice) });
  }

  /** Aborts the run in flight, and gives the signal of the one that takes its place. */
  supersede(): AbortSignal {
    this.#controller.abort();
    this.#controller = new AbortController();
    return this.#controller.signal;
  }

  /** Aborts the run in flight and the wait before the next. */
  abort(): void {
    this.#controller.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Starts `work` after the delay, in place of what was waiting. */
  later(work: () => Promise<unknown>, delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.track(work());
    }, delayMs);
  }

  /** Counts work as under way until it ends; `settled` waits for it. */
  track(work: Promise<unknown>): void {
    const tracked = work.finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  /** Resolves when nothing is waited for: no delay, no request in flight. */
  async settled(): Promise<void> {
    while (this.#timer !== undefined || this.#pending.size > 0) {
      await Promise.race([...this.#pending, new Promise((resolve) => setTimeout(resolve, 10))]);
    }
  }

  /** Loads a part of what is shown, and drops it where another run, or another choice of what it hangs on, came in between. */
  async showMore(
    hangsOn: readonly (keyof View)[],
    load: (shown: Shown, experiment: Experiment) => Promise<Partial<Shown>>,
  ): Promise<void> {
    const { shown, experiment } = this.state;
    if (!shown) return;
    try {
      const more = await load(shown, experiment);
      const now = this.state.shown;
      const view = this.state.experiment.view;
      const isSame = hangsOn.every((field) => view[field] === experiment.view[field]);
      const isCurrent = now?.result.runId === shown.result.runId && isSame;
      if (now && isCurrent) this.set({ shown: { ...now, ...more } });
    } catch (error) {
      const failure = failureOf(error);
      if (failure.kind !== 'aborted') this.set({ notice: { text: failure.message, tone: 'bad' } });
    }
  }
}
