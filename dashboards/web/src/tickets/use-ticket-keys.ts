import type { Ticket } from '@caretaker/cloud/contract';
import type { TicketCommandType } from '@caretaker/cloud/contract/ticket-states';
import { useCallback } from 'react';
import { useKey } from '../shell/keys.ts';
import { keyedCommand, type TicketKey } from './plan.ts';

/** The letters of a ticket; each does nothing where the ticket does not allow it. */
export function useTicketKeys(
  ticket: Ticket,
  next: TicketCommandType | null,
  choose: (command: TicketCommandType | 'more') => void,
): void {
  const press = (key: TicketKey) => choose(keyedCommand(key, ticket, next));
  useTicketKey('a', press);
  useTicketKey('m', press);
  useTicketKey('i', press);
  useTicketKey('s', press);
  useTicketKey('n', press);
  useTicketKey('w', press);
  useTicketKey('f', press);
  useTicketKey('c', press);
}

function useTicketKey(key: TicketKey, press: (key: TicketKey) => void): void {
  useKey(
    key,
    useCallback(() => press(key), [key, press]),
  );
}
