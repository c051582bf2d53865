// What an operation needs besides its place: a factor, a vector, a token, another activation, a deviation and a seed.
import { isHookName, type Operation, type SourcePrompt } from '../../engine/index.ts';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { SelectField } from '../controls/SelectField.tsx';
import type { ViewToken } from '../data.ts';
import { TokenField } from '../sweep/TokenField.tsx';
import { MeanOverPrompts } from './MeanOverPrompts.tsx';
import { type ReadVectorFile, VectorField } from './VectorField.tsx';

export type OperationContext = {
  readonly candidates: readonly ViewToken[]; // tokens to choose from: those of the prompt and the likely next ones
  readonly readFile: ReadVectorFile;
  readonly isTakingMean: boolean;
};

type Props = OperationContext & {
  readonly operation: Operation;
  readonly onChange: (operation: Operation) => void;
  readonly onMean: (texts: readonly string[]) => void; // sets the vector to a mean over prompts
};

/** Edits what the operation's kind takes. */
export function OperationFields(props: Props) {
  const { operation, onChange, readFile } = props;
  switch (operation.kind) {
    case 'zero':
    case 'mean':
      return null;
    case 'swap':
      return <p className="quiet">List the two positions.</p>;
    case 'scale':
      return <FactorField operation={operation} onChange={onChange} />;
    case 'set':
      return (
        <>
          <VectorField
            name="Values"
            values={operation.values}
            readFile={readFile}
            onChange={(values) => onChange({ ...operation, values })}
          />
          <MeanOverPrompts isTaking={props.isTakingMean} onTake={props.onMean} />
        </>
      );
    case 'addVector':
      return (
        <>
          <FactorField operation={operation} onChange={onChange} />
          <VectorField
            name="Vector"
            values={operation.values}
            readFile={readFile}
            onChange={(values) => onChange({ ...operation, values })}
          />
        </>
      );
    case 'addToken':
      return <TokenFields {...props} operation={operation} />;
    case 'patch':
      return <SourceFields operation={operation} onChange={onChange} />;
    case 'add':
      return (
        <>
          <FactorField operation={operation} onChange={onChange} />
          <SourceFields operation={operation} onChange={onChange} />
        </>
      );
    case 'freeze':
      return (
        <SelectField
          name="To the run of"
          options={PROMPTS.filter(({ id }) => id !== 'same')}
          value={operation.prompt}
          onChange={(prompt) => {
            if (prompt !== 'same') onChange({ ...operation, prompt });
          }}
        />
      );
    case 'noise':
      return <NoiseFields operation={operation} onChange={onChange} />;
    default:
      return operation satisfies never;
  }
}

type Of<K extends Operation['kind']> = {
  readonly operation: Extract<Operation, { kind: K }>;
  readonly onChange: (operation: Operation) => void;
};

const notNumber = (text: string) => (text.trim() !== '' && Number.isFinite(Number(text)) ? null : 'a number');

function FactorField({ operation, onChange }: Of<'scale' | 'add' | 'addVector' | 'addToken'>) {
  return (
    <CheckedInput
      name="Factor"
      value={String(operation.factor)}
      problemOf={notNumber}
      onChange={(text) => onChange({ ...operation, factor: Number(text) })}
    />
  );
}

function NoiseFields({ operation, onChange }: Of<'noise'>) {
  const notSeed = (text: string) => (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32 ? null : '0 to 4294967295');
  return (
    <>
      <CheckedInput
        name="Deviation"
        value={String(operation.deviation)}
        problemOf={notNumber}
        onChange={(text) => onChange({ ...operation, deviation: Number(text) })}
      />
      <CheckedInput
        name="Seed"
        value={String(operation.seed)}
        problemOf={notSeed}
        onChange={(text) => onChange({ ...operation, seed: Number(text) })}
      />
    </>
  );
}

function TokenFields({ operation, candidates, onChange }: Of<'addToken'> & Pick<Props, 'candidates'>) {
  const isListed = candidates.some(({ id }) => id === operation.token);
  const unlisted = { id: operation.token, text: `#${operation.token}`, bytes: null, special: false };
  return (
    <>
      <FactorField operation={operation} onChange={onChange} />
      <TokenField
        name="Token"
        candidates={isListed ? candidates : [unlisted, ...candidates]}
        value={operation.token}
        onChange={(token) => onChange({ ...operation, token })}
      />
      <CheckedInput
        name="Token id"
        value={String(operation.token)}
        problemOf={(text) => (/^\d{1,7}$/.test(text) ? null : 'an id')}
        onChange={(text) => onChange({ ...operation, token: Number(text) })}
      />
    </>
  );
}

const PROMPTS: readonly { readonly id: SourcePrompt; readonly label: string; readonly note: string }[] = [
  { id: 'corrupted', label: 'corrupted prompt', note: 'a run of its own that nothing edits' },
  { id: 'clean', label: 'clean prompt', note: 'a run of its own that nothing edits' },
  { id: 'same', label: 'this run', note: 'as far as it has come, edits and all' },
];

function SourceFields({ operation, onChange }: Of<'patch' | 'add'>) {
  const { sourceHead, ...rest } = operation;
  const readHead = (text: string) =>
    /^\s*(all)?\s*$/i.test(text) ? null : /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  return (
    <>
      <SelectField
        name="From"
        options={PROMPTS}
        value={operation.prompt}
        onChange={(prompt) => onChange({ ...operation, prompt })}
      />
      <CheckedInput
        name="Head of the source"
        value={sourceHead === undefined ? 'all' : String(sourceHead)}
        problemOf={(text) => (readHead(text) === undefined ? 'all, or 7' : null)}
        onChange={(text) => {
          const head = readHead(text);
          onChange(typeof head === 'number' ? { ...rest, sourceHead: head } : rest);
        }}
      />
      <div className="intervention-wide">
        <CheckedInput
          name="Source"
          value={operation.source}
          problemOf={(text) => (isHookName(text) ? null : 'a hook, such as blocks.1.attn.hook_z')}
          onChange={(source) => {
            if (isHookName(source)) onChange({ ...operation, source });
          }}
        />
      </div>
    </>
  );
}
