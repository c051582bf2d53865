// Where other models come from: beside the page, a hub, this machine. Files may be dropped anywhere on this part.
import { useState } from 'react';
import { DropZone } from 'react-aria-components/DropZone';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { Button } from '../controls/Button.tsx';
import { TextInput } from '../controls/TextInput.tsx';
import { BUNDLED_MODELS } from './bundledModels.ts';
import { type Chosen, canPickFolder, pickFolder, readDrop, readInput } from './chosenFiles.ts';
import { HubFields } from './HubFields.tsx';
import type { HubView, ModelDeeds } from './modelView.ts';
import { repositoryOf } from './repositoryOf.ts';

type Props = {
  readonly isBusy: boolean;
  readonly needsFiles: boolean;
  readonly hub: HubView;
  readonly deeds: ModelDeeds;
};

/** Opens other models. Folded away while one is there; open where files are waited for. */
export function OpenOther({ isBusy, needsFiles, hub, deeds }: Props) {
  const [problem, setProblem] = useState<string | null>(null);
  const take = (reading: Promise<Chosen | null> | Chosen | null) => {
    setProblem(null);
    Promise.resolve(reading).then(
      (chosen) => chosen && deeds.openFiles(chosen.name, chosen.files),
      (error: unknown) =>
        setProblem(`The files cannot be read: ${error instanceof Error ? error.message : String(error)}`),
    );
  };
  return (
    <details className="model-other" open={needsFiles || undefined}>
      <summary>Open another model</summary>
      <DropZone
        className="model-sources"
        aria-label="Files of a model may be dropped here"
        getDropOperation={() => 'copy'}
        onDrop={({ items }) => take(readDrop(items))}
      >
        <ul className="model-bundled">
          {BUNDLED_MODELS.map(({ name, note }) => (
            <li key={name}>
              <Button onPress={() => deeds.openBundled(name)} disabled={isBusy}>
                <span className="mono">{name}</span>
              </Button>
              <span className="quiet">{note}</span>
            </li>
          ))}
        </ul>
        <HubForm isBusy={isBusy} deeds={deeds} />
        <HubFields hub={hub} deeds={deeds} />
        <div className="model-local">
          <span className="quiet">From this machine: drop files or a folder here, or</span>
          <div className="model-buttons">
            {canPickFolder() ? (
              <Button onPress={() => take(pickFolder())} disabled={isBusy}>
                Choose a folder…
              </Button>
            ) : (
              <FileTrigger acceptDirectory onSelect={(list) => take(readInput(list ?? []))}>
                <Button onPress={() => {}} disabled={isBusy}>
                  Choose a folder…
                </Button>
              </FileTrigger>
            )}
            <FileTrigger allowsMultiple onSelect={(list) => take(readInput(list ?? []))}>
              <Button onPress={() => {}} disabled={isBusy}>
                Choose files…
              </Button>
            </FileTrigger>
          </div>
          {problem === null ? null : (
            <p className="model-failure" role="alert">
              {problem}
            </p>
          )}
        </div>
      </DropZone>
    </details>
  );
}

const REPO = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/;

function HubForm({ isBusy, deeds }: Pick<Props, 'isBusy' | 'deeds'>) {
  const [repo, setRepo] = useState('');
  const [revision, setRevision] = useState('main');
  const isRepo = REPO.test(repo.trim());
  const open = () => {
    if (isRepo && !isBusy) deeds.openHub(repo.trim(), revision.trim() || 'main');
  };
  return (
    <form
      className="model-hub"
      onSubmit={(event) => {
        event.preventDefault();
        open();
      }}
    >
      <TextInput
        name="Hub repository"
        value={repo}
        onChange={(text) => {
          const typed = repositoryOf(text);
          setRepo(typed.repo);
          if (typed.revision !== null) setRevision(typed.revision);
        }}
        placeholder="owner/name"
        monospaced
        problem={repo === '' || isRepo || !repo.includes('/') ? null : 'Expected owner/name.'}
      />
      <TextInput name="Revision" value={revision} onChange={setRevision} monospaced />
      <Button onPress={open} disabled={!isRepo || isBusy}>
        Open
      </Button>
    </form>
  );
}
