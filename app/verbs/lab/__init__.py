"""Laboratory tables as laboratories send them: workbooks, documents and text, in either orientation."""
