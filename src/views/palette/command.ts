// A command as the palette, the list of keys and the keyboard know it.

export type Command = {
  readonly id: string;
  readonly group: string;
  readonly title: string;
  readonly keys?: string; // 's', 'g p', 'Ctrl+K'
  readonly run: () => void;
};

/** The commands whose words hold every word of the query, those that begin with it first. */
export function matching(commands: readonly Command[], query: string): readonly Command[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ group, title }: Command) => `${group} ${title}`.toLowerCase();
  const found = commands.filter((command) => words.every((word) => text(command).includes(word)));
  const begins = (command: Command) => command.title.toLowerCase().startsWith(query.trim().toLowerCase());
  return [...found.filter(begins), ...found.filter((command) => !begins(command))];
}
