// Buttons: with text, or with an icon and a tooltip that is also its name.
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components/Button';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import './controls.css';
import { Icon, type IconName } from './icons.tsx';

type ButtonProps = {
  readonly children: ReactNode;
  readonly onPress: () => void;
  readonly kind?: 'plain' | 'primary' | 'quiet';
  readonly disabled?: boolean;
  readonly name?: string; // where the text alone does not tell it from its likes
};

/** A button with text. */
export function Button({ children, onPress, kind = 'plain', disabled = false, name }: ButtonProps) {
  return (
    <AriaButton
      className={`button button-${kind}`}
      onPress={onPress}
      isDisabled={disabled}
      {...(name === undefined ? {} : { 'aria-label': name })}
    >
      {children}
    </AriaButton>
  );
}

type IconButtonProps = {
  readonly icon: IconName;
  readonly name: string;
  readonly onPress: () => void;
  readonly disabled?: boolean;
};

/** A button with an icon alone; its name shows as a tooltip. */
export function IconButton({ icon, name, onPress, disabled = false }: IconButtonProps) {
  return (
    <TooltipTrigger delay={500}>
      <AriaButton className="button button-quiet button-icon" aria-label={name} onPress={onPress} isDisabled={disabled}>
        <Icon name={icon} />
      </AriaButton>
      <Tooltip className="tooltip" offset={6}>
        {name}
      </Tooltip>
    </TooltipTrigger>
  );
}
