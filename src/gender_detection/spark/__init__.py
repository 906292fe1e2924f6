"""Everything that needs PySpark: sessions, versioned datasets, quality gates, the stages."""
