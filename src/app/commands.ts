// Every command of the page, once: its words, its keys, and what it does. The keyboard, the list of keys and the palette read this.
import { flushSync } from 'react-dom';
import { blockHook, isOrder, type Order } from '../engine/index.ts';
import type { Session } from '../session/session.ts';
import type { Command } from '../views/palette/command.ts';
import { PRESETS } from '../views/prompt/presets.ts';
import { causeOf } from './guiltyOperation.ts';
import { headsSpelled } from './headsSpelled.ts';
import { PANELS } from './places.ts';
import { prefer, preferences } from './preferences.ts';
import { toggleTheme } from './theme.ts';
import type { UiStore } from './ui.ts';

export type CommandContext = {
  readonly session: Session;
  readonly ui: UiStore;
  readonly onCopyLink: () => void;
  readonly onShare: () => void;
};

const ORDERS: readonly Order[] = ['canonical', 'reversed', 'pairwise', 'blocked(32)', 'splitK(4)'];

/** The commands of one page, in the order in which the palette lists them. */
export function commandsOf(context: CommandContext): readonly Command[] {
  return [
    ...runCommands(context),
    ...laboratoryCommands(context),
    ...pageCommands(context),
    ...goCommands(context),
    ...setUpCommands(context),
  ];
}

function runCommands({ session }: CommandContext): readonly Command[] {
  return [
    { id: 'run', group: 'Run', title: 'Run', keys: 'Ctrl+Enter', run: () => session.rerun() },
    { id: 'fused', group: 'Run', title: 'Run fused alone', keys: 'f', run: () => session.setMode('fused') },
    { id: 'split', group: 'Run', title: 'Run split alone', keys: 's', run: () => session.setMode('split') },
    { id: 'compare', group: 'Run', title: 'Compare both', keys: 'c', run: () => session.setMode('compare') },
    { id: 'swap', group: 'Run', title: 'Swap A and B', keys: 'x', run: () => session.swapSpecs() },
    { id: 'undo', group: 'Run', title: 'Undo', keys: 'Ctrl+Z', run: () => session.undo() },
    { id: 'redo', group: 'Run', title: 'Redo', keys: 'Ctrl+Shift+Z', run: () => session.redo() },
    { id: 'failing-', group: 'Run', title: 'Previous failing hook', keys: '[', run: () => session.previousFailing() },
    { id: 'failing+', group: 'Run', title: 'Next failing hook', keys: ']', run: () => session.nextFailing() },
  ];
}

function laboratoryCommands({ session, ui }: CommandContext): readonly Command[] {
  const ask = (question: () => void) => () => {
    question();
    goTo(ui, 'panel-inspector');
  };
  const findCause = () => {
    const { shown, experiment } = session.store.getState();
    const { causeAt, whyNoCause } = shown ? causeOf(shown, experiment.view.hook) : { causeAt: null, whyNoCause: null };
    if (causeAt && whyNoCause === null) session.findCause(causeAt);
  };
  return [
    { id: 'judge', group: 'Inspect', title: 'Noise or bug? At the chosen hook', run: ask(() => session.judge()) },
    { id: 'cause', group: 'Inspect', title: 'What causes the difference?', run: ask(findCause) },
  ];
}

function pageCommands({ ui, onCopyLink, onShare }: CommandContext): readonly Command[] {
  return [
    {
      id: 'palette',
      group: 'Page',
      title: 'Commands',
      keys: 'Ctrl+K',
      run: () => ui.set({ dialog: 'palette', query: '' }),
    },
    { id: 'copy-link', group: 'Page', title: 'Copy the link', keys: 'y', run: onCopyLink },
    { id: 'share', group: 'Page', title: 'Share this experiment', run: onShare },
    { id: 'cases', group: 'Page', title: 'Cases: known experiments', run: () => ui.set({ dialog: 'cases' }) },
    { id: 'verify', group: 'Page', title: 'Verify this GPU', run: () => ui.set({ dialog: 'verify' }) },
    { id: 'keys', group: 'Page', title: 'Keys', keys: '?', run: () => ui.set({ dialog: 'keys' }) },
    { id: 'theme', group: 'Page', title: 'Light or dark', run: toggleTheme },
    {
      id: 'cividis',
      group: 'Page',
      title: 'Colours of maps: cividis or viridis',
      run: () => prefer({ isCividis: !preferences.getState().isCividis }),
    },
    {
      id: 'fit',
      group: 'Page',
      title: 'Colours of patterns: fit to the head, or 0 to 1',
      run: () => prefer({ isFit: !preferences.getState().isFit }),
    },
    { id: 'tour', group: 'Page', title: 'Take the tour', run: () => prefer({ tourSeen: false }) },
    {
      id: 'single-keys',
      group: 'Page',
      title: 'Switch single keys on or off',
      run: () => prefer({ singleKeys: !preferences.getState().singleKeys }),
    },
  ];
}

function goCommands({ ui }: CommandContext): readonly Command[] {
  return PANELS.map(({ id, name, letter }) => ({
    id: `go-${letter}`,
    group: 'Go to',
    title: name,
    keys: `g ${letter}`,
    run: () => goTo(ui, id),
  }));
}

/** Brings a panel into sight and puts the focus on it. */
export function goTo(ui: UiStore, panelId: string): void {
  flushSync(() => ui.reveal(panelId));
  document.getElementById(panelId)?.focus();
}

function setUpCommands({ session }: CommandContext): readonly Command[] {
  const orders = ORDERS.map((order) => ({
    id: `order-${order}`,
    group: 'Set up',
    title: `Summation order of run B: ${order}`,
    run: () => session.setSpec('b', { order }),
  }));
  const prompts = PRESETS.map(({ id, label, text }) => ({
    id: `preset-${id}`,
    group: 'Set up',
    title: `Prompt: ${label}`,
    run: () => session.setPrompt(text),
  }));
  return [...orders, ...prompts];
}

/** Commands that a query spells out: a head as L9H6, an order such as blocked(7), hooks whose name holds the query. */
export function spelledCommands({ session, ui }: CommandContext, query: string): readonly Command[] {
  const { model, shown } = session.store.getState();
  const config = model.status === 'ready' ? model.model.config : null;
  const toHead = (config ? headsSpelled(query, config) : []).map(([layer, head]) => ({
    id: `head-${layer}-${head}`,
    group: 'Go to',
    title: `Head L${layer}H${head}`,
    run: () => {
      session.selectHead(layer, head);
      session.selectHook(blockHook(layer, 'attn.hook_pattern'));
      goTo(ui, 'panel-pattern');
    },
  }));
  const order = query.trim();
  const toOrder: readonly Command[] =
    isOrder(order) && !ORDERS.includes(order)
      ? [
          {
            id: `order-${order}`,
            group: 'Set up',
            title: `Summation order of run B: ${order}`,
            run: () => session.setSpec('b', { order }),
          },
        ]
      : [];
  const report = shown?.result.b ?? shown?.result.a;
  const hooks = query.trim().length < 2 ? [] : (report?.hooks ?? []).filter(({ hook }) => hook.includes(query.trim()));
  const toHooks = hooks.slice(0, 12).map(({ hook }) => ({
    id: `hook-${hook}`,
    group: 'Inspect',
    title: hook,
    run: () => {
      session.selectHook(hook);
      goTo(ui, 'panel-inspector');
    },
  }));
  return [...toHead, ...toOrder, ...toHooks];
}
