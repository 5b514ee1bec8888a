import type { Ticket, TicketFile } from '@caretaker/cloud/contract';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../ui/Dialog.tsx';
import { When } from '../ui/When.tsx';
import { FilePicker } from './files/FilePicker.tsx';
import styles from './files/Files.module.css';
import { UploadList } from './files/UploadList.tsx';
import type { Uploads } from './files/use-uploads.ts';
import { isOffered } from './plan.ts';
import { useViewer } from './use-viewer.ts';

interface Props {
  readonly ticket: Ticket;
  readonly files: readonly TicketFile[];
  readonly uploads: Uploads;
}

function pathOf(ticket: Ticket, { hash }: TicketFile): string {
  return `/api/tickets/${ticket.id}/files/${hash}`;
}

/** Photos as small pictures that open in full, documents as links, and what is still on its way. */
export function Photos({ ticket, files, uploads }: Props) {
  const { t } = useTranslation('ticket');
  const [opened, setOpened] = useState<TicketFile | null>(null);
  const viewer = useViewer(ticket.estate);
  const photos = files.filter(({ type }) => type.startsWith('image/'));
  const documents = files.filter(({ type }) => !type.startsWith('image/'));
  const known = new Set(files.map(({ hash }) => hash));
  const list = uploads.list.filter(({ hash }) => hash === null || !known.has(hash));
  return (
    <section>
      <h2>{t('files.title')}</h2>
      {files.length === 0 && list.length === 0 && <p className={styles.none}>{t('files.none')}</p>}
      {photos.length > 0 && (
        <ul className={styles.grid}>
          {photos.map((file) => (
            <li key={file.hash}>
              <Thumb ticket={ticket} file={file} onOpen={() => setOpened(file)} />
            </li>
          ))}
        </ul>
      )}
      {documents.length > 0 && (
        <ul className={styles.documents}>
          {documents.map((file) => (
            <li key={file.hash}>
              <a href={pathOf(ticket, file)} download={file.name}>
                {file.name}
              </a>
            </li>
          ))}
        </ul>
      )}
      <UploadList uploads={{ ...uploads, list }} ticket={ticket.id} />
      {isOffered('attach', ticket, viewer) && (
        <FilePicker onFiles={(chosen) => uploads.add(chosen, 'evidence')}>
          {t('files.add')}
        </FilePicker>
      )}
      {opened !== null && (
        <Dialog
          title={`${t(`fileKind.${opened.kind}`)} · ${opened.name}`}
          size="xl"
          onClose={() => setOpened(null)}
        >
          <img className={styles.full} src={pathOf(ticket, opened)} alt={opened.name} />
          <p className="muted">
            {opened.by} · <When at={opened.at} />
          </p>
        </Dialog>
      )}
    </section>
  );
}

interface ThumbProps {
  readonly ticket: Ticket;
  readonly file: TicketFile;
  readonly onOpen: () => void;
}

function Thumb({ ticket, file, onOpen }: ThumbProps) {
  const { t } = useTranslation('ticket');
  const { name, by } = file;
  const kind = t(`fileKind.${file.kind}`);
  return (
    <button
      type="button"
      className={styles.thumb}
      aria-label={t('files.open', { kind, name, by })}
      onClick={onOpen}
    >
      <img src={pathOf(ticket, file)} alt="" loading="lazy" />
      <span>{kind}</span>
    </button>
  );
}
