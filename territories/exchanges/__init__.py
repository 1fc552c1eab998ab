"""Messages on a dossier between its parties, internal notes of ARS and CPAM, unread marks."""
