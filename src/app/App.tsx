// The page: gate, top bar, rail, centre, inspector, drawer. Joins the sitting's state to views, which know nothing of it.
import { useCallback, useState } from 'react';
import { flushSync } from 'react-dom';
import { useStore } from 'zustand';
import type { Session } from '../session/session.ts';
import type { SessionState } from '../session/state.ts';
import { Choice } from '../views/controls/Choice.tsx';
import { ClosedGate, FailureBanner, LostBanner } from '../views/gate/Gate.tsx';
import { KeysDialog } from '../views/keys/KeysDialog.tsx';
import { ReproductionCard, ShareDialog } from '../views/share/ShareDialog.tsx';
import './app.css';
import './base.css';
import './tokens.css';
import { Centre } from './Centre.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import './narrow.css';
import { Rail } from './Rail.tsx';
import { Side } from './Side.tsx';
import { TopBar } from './TopBar.tsx';
import { TABS, type Tab, tabOf } from './tabs.ts';
import { useKeys } from './useKeys.ts';

/** The whole page over one sitting. */
export function App({ session }: { readonly session: Session }) {
  return (
    <ErrorBoundary>
      <Page session={session} />
    </ErrorBoundary>
  );
}

function Page({ session }: { readonly session: Session }) {
  const state = useStore(session.store);
  const [dialog, setDialog] = useState<'none' | 'keys' | 'share'>('none');
  const [url, setUrl] = useState<string | null>(null);
  const [tab, setTab] = useState<Tab>('ladder');
  const share = useCallback(async () => {
    const hash = await session.link();
    setUrl(hash && addressOf(hash));
    setDialog('share');
  }, [session]);
  const copyLink = useCallback(async () => {
    const hash = await session.copyLink();
    if (!hash) return;
    // Where the browser keeps the clipboard from us, the link is shown, to be copied by hand.
    await navigator.clipboard.writeText(addressOf(hash)).catch(share);
  }, [session, share]);
  const onHelp = useCallback(() => setDialog('keys'), []);
  const onCopy = useCallback(() => void copyLink(), [copyLink]);
  const onGo = useCallback((panelId: string) => {
    flushSync(() => setTab(tabOf(panelId)));
    document.getElementById(panelId)?.focus();
  }, []);
  useKeys(session, { onHelp, onCopy, onGo });
  if (state.gate.status === 'closed') return <ClosedGate {...state.gate.failure} />;
  const close = () => setDialog('none');
  return (
    <div className="page">
      <TopBar session={session} state={state} onShare={() => void share()} onKeys={onHelp} />
      <div className="banners">
        <Banners session={session} state={state} />
      </div>
      <nav className="tabs" aria-label="Parts of the workbench">
        <Choice name="Part of the workbench" options={TABS} value={tab} onChange={setTab} />
      </nav>
      <main className="workbench" data-tab={tab}>
        <Rail session={session} state={state} />
        <Centre session={session} state={state} />
        <Side session={session} state={state} />
      </main>
      <div className="status" role="status" data-tone={state.notice?.tone}>
        {statusOf(state)}
      </div>
      <ShareDialog isOpen={dialog === 'share'} url={url} onCopy={onCopy} onClose={close} />
      <KeysDialog isOpen={dialog === 'keys'} onClose={close} />
    </div>
  );
}

function Banners({ session, state }: { readonly session: Session; readonly state: SessionState }) {
  const { gate, run, model, linkProblem, reproduction } = state;
  return (
    <>
      {gate.status === 'lost' ? (
        <LostBanner reason={gate.reason} message={gate.message} onReload={() => void session.reloadDevice()} />
      ) : null}
      {model.status === 'failed' ? (
        <FailureBanner message={model.failure.message} onRetry={() => void session.reloadDevice()} />
      ) : null}
      {run.status === 'failed' ? <FailureBanner message={run.failure.message} onRetry={() => session.rerun()} /> : null}
      {linkProblem ? (
        <aside className="link-problem" aria-label="About the opened link">
          {linkProblem}
        </aside>
      ) : null}
      {reproduction ? <ReproductionCard reproduction={reproduction} /> : null}
    </>
  );
}

function statusOf({ run, model, notice }: SessionState): string {
  if (model.status === 'loading') return `Loading ${model.name}…`;
  if (run.status === 'running') return 'Running…';
  return notice?.text ?? '';
}

function addressOf(hash: string): string {
  return `${location.href.split('#')[0]}${hash}`;
}
