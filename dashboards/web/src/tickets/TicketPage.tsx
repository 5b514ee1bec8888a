import { Link } from '@tanstack/react-router'; export function TicketPage(){ return <Link to='/tickets'>x</Link> }
