// Menus: a button that opens one, and a zone in which a right press, Shift+F10 or the menu key opens the one of what it falls on.
import { type KeyboardEvent, type MouseEvent, type ReactNode, useRef, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Menu, MenuItem, MenuTrigger, Popover, Text } from 'react-aria-components/Menu';
import './controls.css';
import { Icon, type IconName } from './icons.tsx';

export type MenuEntry = {
  readonly id: string;
  readonly label: string;
  readonly note?: string | null; // beneath the label
  readonly disabled?: boolean;
  readonly run: () => void;
};

type ButtonProps = { readonly icon: IconName; readonly name: string; readonly entries: readonly MenuEntry[] };

/** A button with an icon that opens a menu. */
export function MenuButton({ icon, name, entries }: ButtonProps) {
  return (
    <MenuTrigger>
      <Button className="button button-quiet button-icon" aria-label={name}>
        <Icon name={icon} />
      </Button>
      <Popover className="popover menu-popover" offset={4}>
        <Entries name={name} entries={entries} />
      </Popover>
    </MenuTrigger>
  );
}

type ZoneProps = {
  readonly select: string; // a CSS selector of what has a menu
  readonly menuOf: (element: HTMLElement) => { readonly name: string; readonly entries: readonly MenuEntry[] } | null;
  readonly children: ReactNode;
};

type Opened = {
  readonly name: string;
  readonly entries: readonly MenuEntry[];
  readonly left: number;
  readonly top: number;
};

/** Gives what it holds a context menu. It has no box of its own, and changes no layout. */
export function MenuZone({ select, menuOf, children }: ZoneProps) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const place = useRef<HTMLSpanElement>(null);
  const open = (target: EventTarget, at: { left: number; top: number } | null): boolean => {
    const element = target instanceof Element ? target.closest<HTMLElement>(select) : null;
    const menu = element && menuOf(element);
    if (!menu) return false;
    const box = element.getBoundingClientRect();
    element.focus();
    setOpened({ ...menu, ...(at ?? { left: box.left, top: box.bottom }) });
    return true;
  };
  const onContextMenu = (event: MouseEvent) => {
    const isByKey = event.button !== 2; // as the browser's own menu key gives it
    if (open(event.target, isByKey ? null : { left: event.clientX, top: event.clientY })) event.preventDefault();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isMenuKey = event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey);
    if (isMenuKey && open(event.target, null)) event.preventDefault();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it hears what its focusable elements do not take; it is no control itself
    <div className="menu-zone" onContextMenu={onContextMenu} onKeyDown={onKeyDown}>
      {children}
      <span ref={place} className="menu-place" style={{ left: opened?.left ?? 0, top: opened?.top ?? 0 }} />
      <Popover
        className="popover menu-popover"
        triggerRef={place}
        placement="bottom start"
        offset={2}
        isOpen={opened !== null}
        onOpenChange={(isOpen) => {
          if (!isOpen) setOpened(null);
        }}
      >
        {opened ? <Entries name={opened.name} entries={opened.entries} onDone={() => setOpened(null)} /> : null}
      </Popover>
    </div>
  );
}

type EntriesProps = Pick<ButtonProps, 'name' | 'entries'> & { readonly onDone?: () => void };

function Entries({ name, entries, onDone }: EntriesProps) {
  return (
    <Menu
      className="listbox"
      aria-label={name}
      autoFocus="first"
      onAction={(key) => {
        entries.find(({ id }) => id === key)?.run();
        onDone?.();
      }}
      disabledKeys={entries.filter(({ disabled }) => disabled).map(({ id }) => id)}
    >
      {entries.map(({ id, label, note }) => (
        <MenuItem key={id} id={id} className="listbox-item" textValue={label}>
          <Text slot="label">{label}</Text>
          {note ? (
            <Text slot="description" className="listbox-note">
              {note}
            </Text>
          ) : null}
        </MenuItem>
      ))}
    </Menu>
  );
}
