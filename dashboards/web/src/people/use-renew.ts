import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

/** Reads the people again after one was changed. */
export function useRenewPeople(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: ['people'] }), [queries]);
}
