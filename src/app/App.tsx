// The page: gate, top bar, banners, the workbench, status. The workbench and what opens over it are loaded beside the shell, so that
// the shell is drawn at once. Joins the sitting's state to views, which know nothing of it.
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { shownHalf } from '../session/half.ts';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { Choice } from '../views/controls/Choice.tsx';
import { ClosedGate } from '../views/gate/Gate.tsx';
import './tokens.css';
import './base.css';
import './app.css';
import './narrow.css';
import { Banners } from './Banners.tsx';
import { commandsOf } from './commands.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { MIDDLE_TABS, NARROW_TABS } from './places.ts';
import { TopBar } from './TopBar.tsx';
import { tabMemory } from './tabMemory.ts';
import { createUi, type UiStore } from './ui.ts';
import { useIsMiddle } from './useIsNarrow.ts';
import { useKeys } from './useKeys.ts';
import { useLoaded } from './useLoaded.ts';
import { useSlice } from './useSlice.ts';

// Asked for while this module is read, not when it is drawn: it comes while the worker opens the GPU.
const workbench = import('./Workbench.tsx');
// Asked for once the workbench is there, so that Ctrl+K answers before the next letter is typed.
const overlays = workbench.then(() => import('./Overlays.tsx'));
const Overlays = lazy(async () => ({ default: (await overlays).Overlays }));

/** The whole page over one sitting. */
export function App({ session }: { readonly session: Session }) {
  return (
    <ErrorBoundary>
      <Page session={session} />
    </ErrorBoundary>
  );
}

function Page({ session }: { readonly session: Session }) {
  const closed = useSlice(session, ({ gate }) => (gate.status === 'closed' ? gate.failure : null));
  const ui = useMemo(() => createUi(tabMemory('splitscope.ui')), []);
  const dialog = useStore(ui, (state) => state.dialog);
  const loaded = useLoaded(workbench);
  const [url, setUrl] = useState<string | null>(null);
  const share = useCallback(async () => {
    const hash = await session.link();
    setUrl(hash && addressOf(hash));
    ui.set({ dialog: 'share' });
  }, [session, ui]);
  const copyLink = useCallback(async () => {
    const hash = await session.copyLink();
    if (!hash) return;
    // Where the browser keeps the clipboard from us, the link is shown, to be copied by hand.
    await navigator.clipboard.writeText(addressOf(hash)).catch(share);
  }, [session, share]);
  const context = useMemo(
    () => ({ session, ui, onCopyLink: () => void copyLink(), onShare: () => void share() }),
    [session, ui, copyLink, share],
  );
  const commands = useMemo(() => commandsOf(context), [context]);
  useKeys(commands, ui);
  if (closed) return <ClosedGate {...closed} />;
  return (
    <div className="page">
      <TopBar session={session} ui={ui} onShare={context.onShare} />
      <div className="banners">
        <Banners session={session} ui={ui} />
      </div>
      <nav className="tabs" aria-label="Parts of the workbench">
        <PartTabs ui={ui} />
      </nav>
      {loaded ? <loaded.Workbench session={session} ui={ui} /> : <main className="workbench" aria-busy="true" />}
      <Status session={session} />
      {dialog === 'none' ? null : (
        <Suspense fallback={null}>
          <Overlays context={context} commands={commands} url={url} />
        </Suspense>
      )}
    </div>
  );
}

function PartTabs({ ui }: { readonly ui: UiStore }) {
  const narrowTab = useStore(ui, (state) => state.narrowTab);
  const isMiddle = useIsMiddle();
  return (
    <Choice
      name="Part of the workbench"
      options={isMiddle ? MIDDLE_TABS : NARROW_TABS}
      value={isMiddle && narrowTab !== 'inspector' ? 'setup' : narrowTab}
      onChange={(tab) => ui.set({ narrowTab: tab })}
    />
  );
}

function Status({ session }: { readonly session: Session }) {
  const text = useSlice(session, statusOf);
  const tone = useSlice(session, ({ notice }) => notice?.tone);
  return (
    <div className="status" role="status" data-tone={tone}>
      {text}
    </div>
  );
}

function statusOf(state: SessionState): string {
  const { run, model, notice } = state;
  if (model.status === 'loading') return `Loading ${model.name}…`;
  if (run.status === 'running') return `${shownHalf(state) === null ? '' : 'A is shown. '}${phaseOf(run)}…`;
  return notice?.text ?? '';
}

function phaseOf({ progress }: Extract<SessionState['run'], { status: 'running' }>): string {
  if (progress?.kind !== 'run') return 'Running';
  return progress.phase === 'comparing' ? 'Comparing A and B' : `Running ${progress.side.toUpperCase()}`;
}

function addressOf(hash: string): string {
  return `${location.href.split('#')[0]}${hash}`;
}
