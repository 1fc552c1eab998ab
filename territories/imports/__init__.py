"""Newer reference data: communes, populations, contours, CPAM districts; all or nothing."""
