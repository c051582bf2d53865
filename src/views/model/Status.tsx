// What is under way with a model: looked at, asked about, loading, failed; and what can be done about it.
import { useState } from 'react';
import { ProgressBar } from 'react-aria-components/ProgressBar';
import { Button } from '../controls/Button.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import { formatBytes } from '../format.ts';
import type { HubView, LoadStep, ModelDeeds, ModelView, Offer } from './modelView.ts';

type Props = { readonly model: ModelView; readonly hub: HubView; readonly deeds: ModelDeeds };

/** Shows the state of a load and its buttons; nothing for a model that is there. */
export function Status({ model, hub, deeds }: Props) {
  switch (model.status) {
    case 'none':
      return <p className="quiet">No model is loaded. Choose one below.</p>;
    case 'ready':
      return null;
    case 'looking':
      return <Looking note={model.note} onCancel={() => deeds.cancelLoad()} />;
    case 'asks':
      return <Asking offer={model.offer} deeds={deeds} />;
    case 'needs-files':
      return (
        <p className="model-note">
          The link's model lies on its sender's machine (sha256 <span className="mono">{model.hash.slice(0, 12)}…</span>
          ). If you have its files, choose them below.
        </p>
      );
    case 'loading':
      return <Loading step={model.step} isPaused={model.isPaused} deeds={deeds} />;
    case 'failed':
      return <Failed kind={model.kind} message={model.message} hub={hub} deeds={deeds} />;
    default:
      return model satisfies never;
  }
}

function Looking({ note, onCancel }: { readonly note: string | null; readonly onCancel: () => void }) {
  return (
    <div className="model-status">
      <p className="quiet">Looking at its files…</p>
      {note === null ? null : <p className="model-note">{note}</p>}
      <div className="model-buttons">
        <Button onPress={onCancel}>Cancel</Button>
      </div>
    </div>
  );
}

/** Nothing is downloaded before this click. */
function Asking({ offer, deeds }: { readonly offer: Offer; readonly deeds: ModelDeeds }) {
  const { reference, license, totalBytes, cachedBytes, modelType, endpoint, uncached } = offer;
  const left = formatBytes(totalBytes - cachedBytes);
  return (
    <section className="model-status" aria-label={`Download ${reference.repo}?`}>
      <p>
        {modelType}, licence {license ?? 'not stated'}. {left} to download from {new URL(endpoint).host}
        {cachedBytes > 0 ? `; ${formatBytes(cachedBytes)} are here already` : ''}.
      </p>
      <p className="quiet">
        Commit <span className="mono">{reference.revision.slice(0, 12)}</span>
      </p>
      {uncached === null ? null : <p className="model-note">{uncached}</p>}
      <div className="model-buttons">
        <Button kind="primary" onPress={() => deeds.download()}>
          Download {left}
        </Button>
        <Button onPress={() => deeds.cancelLoad()}>Not now</Button>
      </div>
    </section>
  );
}

type LoadingProps = { readonly step: LoadStep | null; readonly isPaused: boolean; readonly deeds: ModelDeeds };

function Loading({ step, isPaused, deeds }: LoadingProps) {
  const isDownload = step === null || step.phase === 'download';
  const isHeld = isPaused && isDownload;
  const amount = amountOf(step, isHeld);
  return (
    <div className="model-status">
      <ProgressBar
        className="model-progress"
        aria-label="Loading the model"
        isIndeterminate={step === null}
        value={step?.done ?? 0}
        maxValue={Math.max(1, step?.total ?? 1)}
        valueLabel={isHeld ? `paused, ${amount}` : amount}
      >
        {({ percentage }) => (
          <>
            <span className="model-step">
              <span>{isHeld ? 'paused' : phaseName(step?.phase ?? 'open')}</span>
              <span className="quiet">{amount}</span>
            </span>
            <span className="model-track">
              <span className="model-fill" style={{ width: `${percentage ?? 0}%` }} />
            </span>
          </>
        )}
      </ProgressBar>
      {step?.note ? <p className="model-note">{step.note}</p> : null}
      <div className="model-buttons">
        {isDownload ? (
          <Button onPress={() => deeds.setPaused(!isPaused)}>{isPaused ? 'Resume' : 'Pause'}</Button>
        ) : null}
        <Button onPress={() => deeds.cancelLoad()}>Cancel</Button>
      </div>
    </div>
  );
}

type FailedProps = {
  readonly kind: string;
  readonly message: string;
  readonly hub: HubView;
  readonly deeds: ModelDeeds;
};

function Failed({ kind, message, hub, deeds }: FailedProps) {
  return (
    <div className="model-status">
      <p className="model-failure" role="alert">
        {message}
      </p>
      {kind === 'gated' ? <TokenForm hub={hub} deeds={deeds} /> : null}
      <div className="model-buttons">
        <Button onPress={() => deeds.retryModel()}>Try again</Button>
        <Button onPress={() => deeds.cancelLoad()}>Back</Button>
      </div>
    </div>
  );
}

/** Takes a token for this hub. It goes to the worker, and stays in no state, storage or link. */
function TokenForm({ hub, deeds }: { readonly hub: HubView; readonly deeds: ModelDeeds }) {
  const [token, setToken] = useState('');
  const send = () => {
    if (token.trim() === '') return;
    deeds.setToken(token.trim());
    setToken('');
  };
  return (
    <form
      className="model-form"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <TextInput
        name={`Access token for ${new URL(hub.endpoint).host}`}
        value={token}
        onChange={setToken}
        problem={hub.problem}
        secret
      />
      <p className="quiet">
        Kept in memory until the page closes; sent to this hub alone, never stored, never in a link.
      </p>
      <div className="model-buttons">
        <Button onPress={send} disabled={token.trim() === ''}>
          Use token
        </Button>
      </div>
    </form>
  );
}

const PHASES: Readonly<Record<string, string>> = {
  open: 'opening',
  download: 'downloading',
  verify: 'verifying',
  upload: 'uploading to the GPU',
  compile: 'compiling',
};

function phaseName(phase: string): string {
  return PHASES[phase] ?? phase;
}

/** How much of how much; when the rest will be there, unless it is held up. */
function amountOf(step: LoadStep | null, isHeld: boolean): string {
  if (step === null) return '';
  const { done, total, unit, etaMs } = step;
  const amount = unit === 'bytes' ? `${formatBytes(done)} of ${formatBytes(total)}` : `${done} of ${total}`;
  return isHeld || etaMs === null || etaMs === undefined || done >= total
    ? amount
    : `${amount}, ${duration(etaMs)} left`;
}

function duration(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
