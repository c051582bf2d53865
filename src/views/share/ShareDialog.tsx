// Share: everything that a reader can take away, and the way to open an experiment that somebody took away before.
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import type { HookName } from '../../engine/index.ts';
import { Button } from '../controls/Button.tsx';
import { Choice } from '../controls/Choice.tsx';
import { ModalDialog } from '../controls/Dialogs.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import type { Side } from '../data.ts';
import { formatBytes, formatCount } from '../format.ts';
import { ShareRow } from './ShareRow.tsx';
import { FIGURES, type Figure, type FigureFormat, type Take } from './take.ts';
import './share.css';

/** The captured hooks of a run that was made. */
export type Captured = {
  readonly side: Side;
  readonly hooks: readonly { readonly hook: HookName; readonly storedBytes: number }[];
};

type Props = {
  readonly isOpen: boolean;
  readonly url: string | null; // null: too long for a link
  readonly travel: { readonly text: string; readonly tone: string }; // whether the bits are the same elsewhere
  readonly hook: HookName; // the chosen one
  readonly captured: readonly Captured[]; // none before the first run
  readonly figures: readonly Figure[]; // that there are now
  readonly onTake: (take: Take) => void;
  readonly onOpenFile: (file: File) => void;
  readonly onClose: () => void;
};

/** Offers what can be taken away. */
export function ShareDialog(props: Props) {
  const { isOpen, url, travel, hook, captured, figures, onTake, onOpenFile, onClose } = props;
  const noRun = captured.length === 0;
  const take = (what: Take) => () => onTake(what);
  return (
    <ModalDialog title="Share this experiment" isOpen={isOpen} onClose={onClose}>
      <div className="share">
        <LinkPart url={url} onCopy={take({ kind: 'link' })} />
        <p className="share-travel" data-tone={travel.tone}>
          {travel.text}
        </p>
        <ShareRow
          title="Experiment file"
          note="The link as JSON, for what a link is too short for. Or drop one on the page."
        >
          <Button onPress={take({ kind: 'experiment' })}>Save file</Button>
          <FileTrigger acceptedFileTypes={['.json']} onSelect={(files) => files?.[0] && onOpenFile(files[0])}>
            <Button onPress={() => {}}>Open file…</Button>
          </FileTrigger>
        </ShareRow>
        <ShareRow
          title="Python"
          note="The same experiment elsewhere; on NDIF also for models that outgrow this machine."
        >
          <Button onPress={take({ kind: 'code', code: 'transformerLens' })}>Copy as TransformerLens</Button>
          <Button onPress={take({ kind: 'code', code: 'nnsight' })}>Copy as nnsight (NDIF)</Button>
        </ShareRow>
        <ShareRow title="Report" note="What was run, where the runs part, the fingerprint, in Markdown.">
          <Button onPress={take({ kind: 'report', how: 'copy' })} disabled={noRun}>
            Copy report
          </Button>
          <Button onPress={take({ kind: 'report', how: 'download' })} disabled={noRun}>
            Save report
          </Button>
        </ShareRow>
        {figures.length > 0 ? <FiguresPart figures={figures} onTake={onTake} /> : null}
        {noRun ? null : <ActivationsPart hook={hook} captured={captured} onTake={onTake} />}
      </div>
    </ModalDialog>
  );
}

const WARN_LENGTH = 2000;
const FILE_LENGTH = 32_000;

/** What may become of a link of so many characters on its way. */
function lengthWarning({ length }: string): string {
  if (length > FILE_LENGTH) return ': most programs cut links this long; save the experiment file instead';
  return length > WARN_LENGTH ? ': some programs cut links this long' : '';
}

function LinkPart({ url, onCopy }: { readonly url: string | null; readonly onCopy: () => void }) {
  if (url === null) return <p>This experiment is too long for a link. Shorten the prompt, or save it as a file.</p>;
  return (
    <>
      <textarea
        className="field mono share-link"
        aria-label="Link"
        readOnly
        rows={3}
        value={url}
        onFocus={(event) => event.target.select()}
      />
      <ShareRow
        title={`${url.length} characters${lengthWarning(url)}`}
        note="Model, token ids, run specifications, tolerance, view, and a fingerprint that the reader's page verifies. After the #: no server sees it."
      >
        <Button kind="primary" onPress={onCopy}>
          Copy link <kbd>y</kbd>
        </Button>
      </ShareRow>
    </>
  );
}

type FiguresProps = { readonly figures: readonly Figure[]; readonly onTake: (take: Take) => void };

function FiguresPart({ figures, onTake }: FiguresProps) {
  const options = FIGURES.filter(({ id }) => figures.includes(id)).map(({ id, name }) => ({ id, label: name }));
  const [wanted, setWanted] = useState<Figure | null>(null);
  const figure = options.find(({ id }) => id === wanted)?.id ?? options[0]?.id;
  if (figure === undefined) return null;
  const formats: readonly FigureFormat[] = figure === 'amplification' ? ['svg', 'png', 'csv'] : ['svg', 'png'];
  return (
    <ShareRow
      title="Figures"
      note="With axes, legend and provenance, in the page's colours. Each panel saves its own, too."
    >
      <SelectField name="Figure" nameHidden options={options} value={figure} onChange={setWanted} />
      {formats.map((format) => (
        <Button key={format} onPress={() => onTake({ kind: 'figure', figure, format })}>
          Save {format.toUpperCase()}
        </Button>
      ))}
    </ShareRow>
  );
}

const FORMATS = ['csv', 'npz', 'safetensors'] as const;

function ActivationsPart({ hook, captured, onTake }: Pick<Props, 'hook' | 'captured' | 'onTake'>) {
  const [wanted, setSide] = useState<Side>('b');
  const [extent, setExtent] = useState<'chosen' | 'all'>('chosen');
  const run = captured.find(({ side }) => side === wanted) ?? captured[0];
  const chosen = run?.hooks.find((info) => info.hook === hook);
  if (!run) return null;
  const bytes =
    extent === 'all' ? run.hooks.reduce((sum, { storedBytes }) => sum + storedBytes, 0) : (chosen?.storedBytes ?? 0);
  const note =
    extent === 'all'
      ? `All ${formatCount(run.hooks.length)} hooks, ${formatBytes(bytes)}. Dropped on the page, the file becomes run B.`
      : chosen
        ? `${hook}, ${formatBytes(bytes)}.`
        : `Run ${run.side.toUpperCase()} has no ${hook}.`;
  return (
    <ShareRow title="Activations" note={note}>
      <Choice
        name="Run whose activations are saved"
        options={captured.map(({ side }) => ({ id: side, label: side.toUpperCase(), tone: side }))}
        value={run.side}
        onChange={setSide}
      />
      <Choice
        name="Which activations"
        options={[
          { id: 'chosen', label: 'this hook' },
          { id: 'all', label: 'all hooks' },
        ]}
        value={extent}
        onChange={setExtent}
      />
      {FORMATS.map((format) => (
        <Button
          key={format}
          disabled={extent === 'chosen' ? !chosen : format === 'csv'} // a CSV is of one hook
          onPress={() => onTake({ kind: 'activations', side: run.side, extent, format })}
        >
          {format === 'safetensors' ? format : format.toUpperCase()}
        </Button>
      ))}
    </ShareRow>
  );
}
