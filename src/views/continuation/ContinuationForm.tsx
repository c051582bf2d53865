// How the prompt is continued: the likeliest token each time, or a seeded draw; how far; and the buttons that start and stop it.
import { Button } from '../controls/Button.tsx';
import { CheckedInput } from '../controls/CheckedInput.tsx';
import { Choice } from '../controls/Choice.tsx';
import { type Choices, readNumber } from './choices.ts';

type Props = {
  readonly choices: Choices;
  readonly isRunning: boolean;
  readonly onChange: (patch: Partial<Choices>) => void;
  readonly onRun: () => void;
  readonly onStop: () => void;
};

/** Edits the choices. */
export function ContinuationForm({ choices, isRunning, onChange, onRun, onStop }: Props) {
  return (
    <div className="continuation-form">
      {isRunning ? (
        <Button onPress={onStop}>Stop</Button>
      ) : (
        <Button kind="primary" onPress={onRun}>
          Continue the prompt
        </Button>
      )}
      <Choice
        name="How a token is chosen"
        options={[
          { id: 'greedy', label: 'greedy' },
          { id: 'seeded', label: 'seeded draw' },
        ]}
        value={choices.kind}
        onChange={(kind) => onChange({ kind })}
      />
      <div className="continuation-fields">
        <NumberField
          name="Tokens"
          value={choices.maxTokens}
          least={1}
          isWhole
          onChange={(maxTokens) => onChange({ maxTokens })}
        />
        {choices.kind === 'seeded' ? <DrawFields choices={choices} onChange={onChange} /> : null}
      </div>
    </div>
  );
}

function DrawFields({ choices, onChange }: Pick<Props, 'choices' | 'onChange'>) {
  return (
    <>
      <NumberField name="Seed" value={choices.seed} least={0} isWhole onChange={(seed) => onChange({ seed })} />
      <NumberField
        name="Temperature"
        value={choices.temperature}
        least={Number.MIN_VALUE}
        problem="above 0"
        onChange={(temperature) => onChange({ temperature })}
      />
      <ShareField name="Top-k" value={choices.topK} most={null} onChange={(topK) => onChange({ topK })} />
      <ShareField name="Top-p" value={choices.topP} most={1} onChange={(topP) => onChange({ topP })} />
    </>
  );
}

type NumberProps = {
  readonly name: string;
  readonly value: number;
  readonly least: number;
  readonly isWhole?: boolean;
  readonly problem?: string;
  readonly onChange: (value: number) => void;
};

function NumberField({ name, value, least, isWhole = false, problem, onChange }: NumberProps) {
  return (
    <CheckedInput
      name={name}
      value={String(value)}
      problemOf={(text) =>
        readNumber(text, least, isWhole) === null ? (problem ?? `a whole number from ${least}`) : null
      }
      onChange={(text) => onChange(readNumber(text, least, isWhole) ?? value)}
    />
  );
}

type ShareProps = {
  readonly name: string;
  readonly value: number | null;
  readonly most: number | null; // null: a whole number from 1; else a share up to this
  readonly onChange: (value: number | null) => void;
};

/** A bound that may be left out: `all`. */
function ShareField({ name, value, most, onChange }: ShareProps) {
  const isAll = (text: string) => /^\s*(all)?\s*$/i.test(text);
  const read = (text: string) => {
    const found = most === null ? readNumber(text, 1, true) : readNumber(text, Number.MIN_VALUE, false);
    return found !== null && (most === null || found <= most) ? found : null;
  };
  return (
    <CheckedInput
      name={name}
      value={value === null ? 'all' : String(value)}
      problemOf={(text) =>
        isAll(text) || read(text) !== null ? null : most === null ? 'all, or 1, 2, …' : `all, or up to ${most}`
      }
      onChange={(text) => onChange(isAll(text) ? null : read(text))}
    />
  );
}
