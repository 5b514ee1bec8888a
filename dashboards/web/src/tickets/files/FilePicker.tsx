import { type ReactNode, useRef } from 'react';
import buttons from '../../ui/Button.module.css';

/** What the service takes; asked for by type, a phone hands over a photo in one of these. */
const accepted = 'image/jpeg,image/png,image/webp,application/pdf';

interface Props {
  readonly children: ReactNode;
  readonly className?: string;
  readonly disabled?: boolean;
  readonly onFiles: (files: Iterable<File>) => void;
}

/** A button that asks for photos, or opens the camera of a phone. */
export function FilePicker({ children, className, disabled = false, onFiles }: Props) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        className={className ?? buttons.button}
        disabled={disabled}
        onClick={() => input.current?.click()}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept={accepted}
        multiple
        hidden
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // The same file again must count as a choice.
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
