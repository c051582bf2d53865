// The few icons of the page, drawn on one 16-pixel grid with one stroke.
const PATHS = {
  maximise: 'M6 2.5H2.5V6M10 2.5h3.5V6M6 13.5H2.5V10M10 13.5h3.5V10',
  restore: 'M2.5 6H6V2.5M13.5 6H10V2.5M2.5 10H6v3.5M13.5 10H10v3.5',
  close: 'M4 4l8 8M12 4l-8 8',
  chevron: 'M4 6l4 4 4-4',
  undo: 'M6.5 3L3 6.5 6.5 10M3 6.5h6.5a3.5 3.5 0 0 1 0 7H7',
  redo: 'M9.5 3L13 6.5 9.5 10M13 6.5H6.5a3.5 3.5 0 0 0 0 7H9',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  pin: 'M6 2.5h4l-.5 4L12 9H4l2.5-2.5zM8 9v4.5',
  swap: 'M4.5 6h8M10 3.5L12.5 6 10 8.5M11.5 10h-8M6 7.5L3.5 10 6 12.5',
  run: 'M5 3.2v9.6L12.5 8z',
  stop: 'M4 4h8v8H4z',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.9.2l2-2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.9-.2l-2 2a2.6 2.6 0 0 0 3.7 3.7l.8-.8',
  theme: 'M8 2.5a5.5 5.5 0 1 0 0 11zM8 2.5a5.5 5.5 0 0 1 0 11',
  keyboard: 'M2 4.5h12v7H2zM4.5 7h.01M7 7h.01M9.5 7h.01M11.5 7h.01M5.5 9.5h5',
  flag: 'M4 14V2.5M4 3h7.5L9.8 5.7l1.7 2.8H4',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  more: 'M4 8h.01M8 8h.01M12 8h.01',
  save: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M2.5 10.5v3h11v-3',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
} as const;

export type IconName = keyof typeof PATHS;

/** Draws an icon; it is decorative, the control that holds it carries the name. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill={name === 'run' ? 'currentColor' : 'none'} stroke="currentColor" />
    </svg>
  );
}
